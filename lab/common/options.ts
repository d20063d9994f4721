import { InvalidArgumentError } from 'commander';

export function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) {
    throw new InvalidArgumentError('A port is at most 65535.');
  }
  return port;
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) {
    throw new InvalidArgumentError('It must be a whole number.');
  }
  return Number(text);
}
