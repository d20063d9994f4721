/** An answer of an S3 service that says no. */
export class S3Error extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export const accessDenied = () => new S3Error(403, 'AccessDenied', 'Access Denied.');
export const noSuchBucket = () => new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist.');

/** The body of such an answer. */
export function errorBody({ code, message }: S3Error): string {
  const fields = `<Code>${code}</Code><Message>${message}</Message><HostId>digitalocean-lab</HostId>`;
  return `<?xml version="1.0" encoding="UTF-8"?><Error>${fields}</Error>`;
}
