/** The page grounds of GitHub's themes (primer.style, "Primitives"). */
const grounds = { light: "#ffffff", dark: "#0d1117" } as const;

/**
 * A page with a chart of the dashboard as GitHub shows it in its README, the one for light themes above the one for dark.
 *
 * The SVGs stand in images, as there: no script runs in them, and nothing is loaded.
 */
export function chartPage(charts: Record<keyof typeof grounds, string>): string {
  const parts = (["light", "dark"] as const).map((theme) => {
    const source = `data:image/svg+xml;base64,${Buffer.from(charts[theme]).toString("base64")}`;
    return `<div style="background:${grounds[theme]};padding:40px"><img src="${source}" width="840" alt=""></div>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>Chart</title>
</head>
<body style="margin:0">
${parts.join("\n")}
</body>
</html>
`;
}
