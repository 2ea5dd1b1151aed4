/** Sizes in a flame graph, in pixels: what draws it and the program inside it agree on them. */

export const rowHeight = 18;
/** Where the first row of frames begins. */
export const frameTop = 96;
/** Room below the last row. */
export const footHeight = 34;
/** Width of a letter: 12 px of a monospace font. */
export const charWidth = 7.25;
/** The page's width where no program runs to fit it to the window. */
export const pageWidth = 1200;
