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
  failed: string;
  notEvaluated: string;
  /** Days without reports. */
  gap: string;
}

/**
 * Colours that go with GitHub's themes, from their palettes (primer.style, "Primitives"). Blue and orange can be distinguished
 * by all kinds of colour vision, and by their lightness alone.
 */
export const chartColours: Readonly<Record<Theme, ChartColours>> = {
  light: {
    text: "#1f2328",
    muted: "#59636e",
    grid: "#d1d9e0",
    line: "#0550ae",
    passed: "#54aeff",
    failed: "#bc4c00",
    notEvaluated: "#818b98",
    gap: "#eff2f5",
  },
  dark: {
    text: "#f0f6fc",
    muted: "#9198a1",
    grid: "#3d444d",
    line: "#79c0ff",
    passed: "#1158c7",
    failed: "#ffa657",
    notEvaluated: "#656c76",
    gap: "#212830",
  },
};
