import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The program of an application beside this file, for `node -e`: with what its web sockets need. */
export async function appProgram(file: 'demanding-app.js' | 'released-app.js'): Promise<string> {
  const parts = ['web-socket.js', file].map((part) => readFile(join(__dirname, part), 'utf8'));
  return (await Promise.all(parts)).join('\n');
}
