/** GitHub's kinds of themes. */
export type Theme = "light" | "dark";

/** The colours of a chart by what they are for. */
export interface ChartColours {
  text: string;
  muted: string;
  grid: string;
  /** The pass rate. */
  line: string;
  passed: string;
  own: string;
  unknown: string;
  spoofed: string;
  /** Forwarded, and what receivers could not look up. */
  other: string;
  notEvaluated: string;
  /** Days without reports. */
  gap: string;
}

/**
 * Colours that go with GitHub's themes, from their palettes (primer.style, "Primitives"). Each can be told from its
 * neighbours by all kinds of colour vision, and by its lightness alone.
 */
export const chartColours: Readonly<Record<Theme, ChartColours>> = {
  light: {
    text: "#1f2328",
    muted: "#59636e",
    grid: "#d1d9e0",
    line: "#0550ae",
    passed: "#54aeff",
    own: "#bc4c00",
    unknown: "#e3b341",
    spoofed: "#271052",
    other: "#818b98",
    notEvaluated: "#afb8c1",
    gap: "#eff2f5",
  },
  dark: {
    text: "#f0f6fc",
    muted: "#9198a1",
    grid: "#3d444d",
    line: "#79c0ff",
    passed: "#1158c7",
    own: "#f0883e",
    unknown: "#f8e3a1",
    spoofed: "#d2a8ff",
    other: "#818b98",
    notEvaluated: "#57606a",
    gap: "#212830",
  },
};
