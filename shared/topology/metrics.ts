/** Sizes of the figure, in scene units. The window draws texts in these widths: labels at 12 px, sublabels and veth names at 11 px monospace. */
export const LABEL_CHAR = 7.6;
export const SUBLABEL_CHAR = 6.7;
export const TEXT_PAD = 16;

export const NODE_PAD = 14;
/** Free lane to the left of each column of namespaces, for the lines from its ports to their bridge. */
export const GUTTER = 22;
export const NODE_GAP = 44;
export const CELL_MIN = 132;

export const UPLINK_HEIGHT = 42;
export const BRIDGE_HEIGHT = 42;
export const DEVICE_HEIGHT = 42;
export const PORT_HEIGHT = 26;
export const INNER_HEIGHT = 42;
export const INNER_GAP = 8;
/** From a namespace's edge to its interfaces. */
export const NAMESPACE_PAD = 8;

/** Between the rows of a node. */
export const ROW_GAP = 26;
/** Between a port and the namespace below it. */
export const PORT_GAP = 14;

export const OUTSIDE_HEIGHT = 42;
export const SEGMENT_HEIGHT = 42;
/** Between a node and what stands above it, and between bars. */
export const BAR_GAP = 26;

export const labelWidth = (label: string): number => Math.ceil(textUnits(label) * LABEL_CHAR) + TEXT_PAD;
export const sublabelWidth = (label: string): number => Math.ceil(textUnits(label) * SUBLABEL_CHAR) + TEXT_PAD;

/** East Asian characters are about twice as wide. */
function textUnits(text: string): number {
  let units = 0;
  for (const char of text) units += (char.codePointAt(0) ?? 0) >= 0x2e80 ? 1.8 : 1;
  return units;
}
