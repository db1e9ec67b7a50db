/** A day as people of a language write it: `Sun 22 Nov`, `11月22日(日)`. */
export function dayIn(language: "en" | "ja", day: string): string {
  return partsIn(language, new Date(`${day}T00:00:00Z`));
}

/** A moment, in UTC: `Tue 24 Nov 06:40 UTC`, `11月24日(火) 06:40 UTC`. */
export function momentIn(language: "en" | "ja", at: string): string {
  return `${partsIn(language, new Date(at))} ${at.slice(11, 16)} UTC`;
}

function partsIn(language: "en" | "ja", date: Date): string {
  const say = (options: Intl.DateTimeFormatOptions) =>
    date.toLocaleDateString(language === "en" ? "en-US" : "ja-JP", { ...options, timeZone: "UTC" });
  const weekday = say({ weekday: "short" });
  if (language === "ja") return `${date.getUTCMonth() + 1}月${date.getUTCDate()}日(${weekday})`;
  return `${weekday} ${date.getUTCDate()} ${say({ month: "short" })}`;
}
