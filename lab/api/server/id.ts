/** The numeric id that a path or a URN names; one that nothing has when the text is none. */
export const idOf = (text: string | number | undefined): number =>
  /^[1-9]\d{0,14}$/.test(String(text)) ? Number(text) : -1;
