/** How wide text is in the font of the figures, without asking a browser. */

// Widths of DejaVu Sans in thousandths of the font size, for the letters from space to ~; its bold letters are 1.104 times as wide.
const widths =
  '318 401 460 838 636 950 780 275 390 390 500 838 318 361 318 337 636 636 636 636 636 636 636 636 636 636 337 337 838 838 838 531 1000 684 686 698 770 632 575 775 752 295 295 656 557 863 748 787 603 787 695 635 611 732 684 989 685 611 685 390 337 390 838 500 500 613 635 550 635 615 352 635 634 278 278 579 278 974 634 612 635 635 411 521 392 634 592 818 592 592 525 636 337 636 838'
    .split(' ')
    .map(Number);

/** Width of a line of text in the unit of `fontSize`: textWidth('im', 10, false) is 12.52. */
export function textWidth(text: string, fontSize: number, bold: boolean): number {
  let sum = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0)!;
    // Letters beyond ASCII: signs like − × ≤ are .838 wide, accented letters about .62, Chinese and Japanese 1.
    sum += widths[code - 32] ?? (code > 0x2e80 ? 1000 : code >= 0x2190 && code < 0x2300 ? 838 : 620);
  }
  return (sum / 1000) * fontSize * (bold ? 1.104 : 1);
}
