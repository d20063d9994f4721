import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** What is in a JSON file, if it has that form. @throws Error of one sentence that names the file */
export function readJsonFile<Form extends z.ZodType>(file: string, form: Form): z.infer<Form> {
  try {
    return form.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw new Error(`${file} can't be read: ${(error as Error).message}`);
    const [issue] = error.issues;
    throw new Error(`${file}: ${issue?.path.join('.') || 'all of it'}: ${issue?.message}`);
  }
}
