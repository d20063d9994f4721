import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** What of S3 the tests that boot nothing need behind the gateway: buckets, objects by name, and what is set on a bucket. Asks for no signature. */
export function plainStore(): Server {
  const content = new Map<string, string>();
  return createServer(async (incoming, outgoing) => {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    const { status, text = '' } = answer(content, incoming, body);
    send(outgoing, status, text);
  });
}

interface Answer {
  readonly status: number;
  readonly text?: string;
}

function answer(
  content: Map<string, string>,
  { method, url = '', headers }: IncomingMessage,
  body: string,
): Answer {
  const path = decodeURIComponent(url).replace(/[?&]versionId=.*|[?&]$/, '');
  const [bucket = ''] = path.slice(1).split(/[/?]/);
  const objects = [...content.keys()].filter((key) => key.startsWith(`/${bucket}/`));
  if (method === 'PUT') {
    if (headers['if-none-match'] === '*' && content.has(path)) return { status: 412 };
    content.set(path, body);
    return { status: 200 };
  }
  if (method === 'DELETE') {
    if (path === `/${bucket}` && objects.length > 0) return { status: 409, text: error('BucketNotEmpty') };
    content.delete(path);
    return { status: 204 };
  }
  if (path.endsWith('?versions')) {
    const key = (object: string) =>
      `<Key>${object.slice(bucket.length + 2)}</Key><VersionId>null</VersionId>`;
    return { status: 200, text: objects.map((object) => `<Version>${key(object)}</Version>`).join('') };
  }
  const found =
    content.get(path) ?? (path.endsWith('?versioning') ? '<VersioningConfiguration />' : undefined);
  return found === undefined ? { status: 404, text: error('NoSuchKey') } : { status: 200, text: found };
}

const error = (code: string) => `<Error><Code>${code}</Code></Error>`;

const send = (outgoing: ServerResponse, status: number, text: string) => outgoing.writeHead(status).end(text);
