/** One block of code of a document, as its fence and the text before it tell. */
export interface Step {
  /** Settings for `main.ts`, commands, or what the commands before it print. */
  readonly kind: 'ts' | 'sh' | 'text';
  readonly text: string;
  /** Where its commands run, in the document's words: "the database droplet". @default - at the reader's own machine */
  readonly place?: string;
}

/** What stands below one heading. */
export interface Section {
  readonly heading: string;
  readonly steps: readonly Step[];
}

const HEADING = /^##+ (.*)$/;
const FENCE = /^ *```(\w*)$/;
/** How a sentence begins that says where the commands below it run, as "On the database droplet, as soon as it is up:". */
const PLACE =
  /(?:^|[.:] )On ((?:a|an|the|both|the other) [a-z ]*?(?:droplet|load balancers?)|`[a-z-]+-\d+`)(?=[ ,:])/g;

/** The sections of a Markdown document, in its order, with their blocks of code. One without a language is none of them. */
export function sectionsOf(document: string): Section[] {
  const sections: { heading: string; steps: Step[] }[] = [];
  let paragraph = '';
  let block: { kind: string; lines: string[] } | undefined;
  for (const line of document.split('\n')) {
    const [, heading] = (block ? undefined : HEADING.exec(line)) ?? [];
    const fence = FENCE.exec(line);
    if (heading !== undefined) {
      sections.push({ heading, steps: [] });
      paragraph = '';
    } else if (fence && !block) block = { kind: fence[1] ?? '', lines: [] };
    else if (fence && block) {
      const step = stepOf(block, paragraph);
      if (step) sections.at(-1)?.steps.push(step);
      block = undefined;
    } else if (block) block.lines.push(line);
    else if (line.trim() !== '') paragraph = line.trim();
  }
  return sections;
}

function stepOf(
  { kind, lines }: { kind: string; lines: readonly string[] },
  before: string,
): Step | undefined {
  const indentation = Math.min(...lines.filter(Boolean).map((line) => line.search(/\S/)));
  const text = lines.map((line) => line.slice(indentation)).join('\n');
  const [, place] = [...before.matchAll(PLACE)].at(-1) ?? [];
  if (kind === 'sh') return { kind, text, place: place?.replaceAll('`', '') };
  return kind === 'ts' || kind === 'text' ? { kind, text } : undefined;
}

/** Whether a program printed each of these lines, in this order: with whatever it likes around it, and where it has three dots. */
export function isPrinted(expected: string, output: string): boolean {
  const printed = output.split('\n');
  return expected.split('\n').every((line) => {
    const at = printed.findIndex((one) => holds(one, line.split('...')));
    printed.splice(0, at + 1);
    return at >= 0;
  });
}

function holds(line: string, parts: readonly string[]): boolean {
  let from = 0;
  return parts.every((part) => {
    const at = line.indexOf(part.trim(), from);
    from = at + part.trim().length;
    return at >= 0;
  });
}
