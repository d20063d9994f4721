export interface TextStyle {
  /** Pixels. @default 12 */
  readonly size?: number;
  readonly weight?: 'bold';
  readonly anchor?: 'middle' | 'end';
  /** @default - that of text */
  readonly colour?: string;
}

export const INK = '#1f2937';
export const FAINT = '#6b7280';

/** Width of a letter of text, as a part of its size, in the mean: enough to break lines by. */
const LETTER = 0.52;

/** The same of bold text. */
export const BOLD_LETTER = 0.63;

/** A drawing of simple shapes, which is written as SVG. Coordinates are pixels; what is drawn later is on top. */
export class Drawing {
  private readonly shapes: string[] = [];

  box(x: number, y: number, width: number, height: number, fill: string, stroke: string, radius = 8): void {
    this.add('rect', { x, y, width, height, rx: radius, fill, stroke });
  }

  /** A line, by an SVG path, with a head at its end unless it has none. */
  line(path: string, { dashed, plain }: { dashed?: boolean; plain?: boolean } = {}): void {
    this.add('path', {
      ...{ d: path, fill: 'none', stroke: FAINT, 'stroke-width': 1.5 },
      'stroke-dasharray': dashed ? '5 4' : undefined,
      'marker-end': plain ? undefined : 'url(#head)',
    });
  }

  text(
    x: number,
    y: number,
    text: string,
    { size = 12, weight, anchor, colour = INK }: TextStyle = {},
  ): void {
    const style = { 'font-size': size, 'font-weight': weight, 'text-anchor': anchor, fill: colour };
    this.add('text', { x, y, ...style }, escaped(text));
  }

  svg(width: number, height: number, title: string): string {
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif">`,
      `<title>${escaped(title)}</title>`,
      `<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="${FAINT}"/></marker></defs>`,
      `<rect width="${width}" height="${height}" rx="12" fill="#ffffff"/>`,
      ...this.shapes,
      '</svg>\n',
    ].join('\n');
  }

  private add(name: string, attributes: Record<string, string | number | undefined>, content = ''): void {
    const written = Object.entries(attributes)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => ` ${key}="${value}"`);
    this.shapes.push(`<${name}${written.join('')}${content ? `>${content}</${name}>` : '/>'}`);
  }
}

/** Breaks text into lines of at most a width in pixels. */
export function wrapped(text: string, width: number, size = 12): string[] {
  const most = Math.floor(width / (size * LETTER));
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
