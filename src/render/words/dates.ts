/** A day as people of a language write it: `Sun 22 Nov`, `11月22日(日)`. */
export function dayIn(language: "en" | "ja", day: string): string {
  return partsIn(language, new Date(`${day}T00:00:00Z`));
}

/** A day of another year, as people of a language write it: `27 Dec 2025`, `2025年12月27日`. */
export function dateIn(language: "en" | "ja", day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
  if (language === "ja") return `${year}年${month}月${date.getUTCDate()}日`;
  return `${date.getUTCDate()} ${date.toLocaleDateString("en-US", { month: "short", timeZone: "UTC" })} ${year}`;
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
