/** What one look found: `problem` stops a deploy or breaks it later, `unknown` is what can't be seen from here. */
export interface Finding {
  readonly status: 'ok' | 'problem' | 'unknown';
  /** What was looked at, in a word or two. */
  readonly subject: string;
  /** One sentence: how it is; for a problem what to do. */
  readonly text: string;
}

export const ok = (subject: string, text: string): Finding => ({ status: 'ok', subject, text });
export const problem = (subject: string, text: string): Finding => ({ status: 'problem', subject, text });
export const unknown = (subject: string, text: string): Finding => ({ status: 'unknown', subject, text });

/** The problems, or that there are none. */
export function problemsOr(subject: string, problems: readonly string[], fine: string): Finding[] {
  return problems.length > 0 ? problems.map((text) => problem(subject, text)) : [ok(subject, fine)];
}
