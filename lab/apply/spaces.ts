import { request } from 'node:http';
import { type S3Key, signed } from '../common/aws-signature';
import { SPACES_DOMAIN } from '../common/spaces-domain';

/** How Spaces is reached, and by whom: by a key with full access, which at DigitalOcean is made by hand. */
export interface SpacesAccess extends S3Key {
  /** URL of the HTTP proxy that leads there. */
  readonly proxy: string;
}

/** An answer of Spaces. */
export interface SpacesAnswer {
  readonly status: number;
  /** XML, if anything. */
  readonly text: string;
}

/** How long a call may stay without an answer, milliseconds. */
const CALL_TIMEOUT = 60_000;

const VERSIONING = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';

/** DigitalOcean's object storage, by S3's protocol. */
export class Spaces {
  /** @param access undefined: there is none, and each call says so */
  constructor(private readonly access: SpacesAccess | undefined) {}

  /**
   * What is at a path in a region, such as /bucket?versioning
   *
   * @throws Error with one sentence when Spaces says no otherwise than by 404
   */
  async get(region: string, path: string): Promise<string | undefined> {
    const { status, text } = await this.call(region, 'GET', path);
    if (status === 404) return undefined;
    if (status >= 300) throw refused('GET', path, { status, text });
    return text;
  }

  /** @throws Error with one sentence when Spaces says no */
  async put(
    region: string,
    path: string,
    body = '',
    headers: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const answer = await this.call(region, 'PUT', path, body, headers);
    if (answer.status >= 300) throw refused('PUT', path, answer);
  }

  /** Makes a bucket that only its owner reads, and that keeps versions. One that is there stays as it is. */
  async ensureBucket(region: string, name: string): Promise<void> {
    if ((await this.get(region, `/${name}?location`)) !== undefined) return;
    await this.put(region, `/${name}`);
    await this.put(region, `/${name}?versioning`, VERSIONING);
  }

  /**
   * Deletes what is at a path. That there is nothing is no error.
   *
   * @param isExpected answers that are no error either
   * @throws Error with one sentence when Spaces says no
   */
  async delete(region: string, path: string, isExpected = (_: SpacesAnswer) => false): Promise<SpacesAnswer> {
    const answer = await this.call(region, 'DELETE', path);
    if (answer.status >= 300 && answer.status !== 404 && !isExpected(answer))
      throw refused('DELETE', path, answer);
    return answer;
  }

  private call(
    region: string,
    method: string,
    path: string,
    body = '',
    more: Readonly<Record<string, string>> = {},
  ): Promise<SpacesAnswer> {
    if (!this.access) throw new Error('a bucket needs Spaces, which is not to be had here');
    const host = `${region}.${SPACES_DOMAIN}`;
    const headers = signed(this.access, { method, path, headers: { host, ...more } }, body);
    const { hostname, port } = new URL(this.access.proxy);
    const options = { host: hostname, port, method, path: `http://${host}${path}`, agent: false };
    return new Promise((resolve, reject) => {
      const fail = (error: Error) =>
        reject(new Error(`Spaces in ${region} can't be reached: ${error.message}`));
      const call = request({
        ...options,
        headers: { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' },
        signal: AbortSignal.timeout(CALL_TIMEOUT),
      });
      call.on('response', (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
        answer.on('error', fail);
      });
      call.on('error', fail).end(body);
    });
  }
}

/** The contents of all elements of a name, in order. */
export function elements(xml: string, name: string): string[] {
  const pattern = new RegExp(`<${name}(?: [^>]*)?>(.*?)</${name}>`, 'gs');
  return [...xml.matchAll(pattern)].map(([, content = '']) => content);
}

/** The text of the first element of a name; undefined when there is none. */
export function textOf(xml: string, name: string): string | undefined {
  const [text] = elements(xml, name);
  return text?.replace(/&(amp|lt|gt|quot|apos|#\d+);/g, (_, sign: string) =>
    sign.startsWith('#') ? String.fromCodePoint(Number(sign.slice(1))) : (SIGNS[sign] ?? ''),
  );
}

const SIGNS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** A text as it stands in XML. */
export const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

function refused(method: string, path: string, { status, text }: SpacesAnswer): Error {
  const reason = [textOf(text, 'Code'), textOf(text, 'Message')].filter(Boolean).join(': ');
  return new Error(`${method} ${path}: ${status} ${reason}`.trim());
}
