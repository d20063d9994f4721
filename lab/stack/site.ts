import { readFileSync } from 'node:fs';
import { request as requestPlain } from 'node:http';
import { type RequestOptions, request as requestTls } from 'node:https';
import type { Stack } from './stack';

/** The site as the stack's output `url` names it; without one it is whatever answers at the Reserved IP. */
export interface SiteSpec {
  readonly scheme: 'http' | 'https';
  /** @default - none: visitors come by its address */
  readonly domain?: string;
}

/** A way from this machine to the site in a lab. */
export interface Site extends SiteSpec {
  /** Of this machine's loopback; leads to the Reserved IP. */
  readonly port: number;
  /** PEM file of the root that signs the site's certificate. @default - undefined: there is no HTTPS */
  readonly authority?: string;
}

export interface Answer {
  readonly status: number;
  /** Whether the status is 2xx. */
  readonly ok: boolean;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

export interface Question extends Pick<RequestOptions, 'method' | 'headers' | 'agent'> {
  readonly body?: string;
  /** Milliseconds for the whole answer. @default 5000 */
  readonly timeout?: number;
  /** Whether the certificate must be the domain's, by the site's authority. @default true */
  readonly verify?: boolean;
}

/** Reads from a stack where its site is. */
export function siteOf({ terraform }: Stack): SiteSpec {
  const url = terraform.output?.url?.value;
  if (!URL.canParse(url)) return { scheme: 'http' };
  const { protocol, hostname } = new URL(url);
  return { scheme: protocol === 'https:' ? 'https' : 'http', domain: hostname };
}

/** What to open in a browser of this machine. */
export function urlOf({ scheme, port }: Site): string {
  return `${scheme}://127.0.0.1:${port}`;
}

/** Asks the site as a visitor does who comes by its domain: each time by a connection of its own, unless an agent keeps them. */
export function askSite(site: Site, path: string, question: Question = {}): Promise<Answer> {
  const { method, headers, body = '', timeout = 5000, verify = true, agent = false } = question;
  const tls = {
    servername: site.domain,
    ca: site.authority && readFileSync(site.authority),
    rejectUnauthorized: verify,
  };
  const options = {
    ...{ host: '127.0.0.1', port: site.port, path, method, agent },
    headers: {
      ...(site.domain && { host: site.domain }),
      ...(body && { 'content-length': Buffer.byteLength(body) }),
      ...headers,
    },
    signal: AbortSignal.timeout(timeout),
  };
  return new Promise((resolve, reject) => {
    const call = site.scheme === 'https' ? requestTls({ ...options, ...tls }) : requestPlain(options);
    call.on('response', (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, ok: status >= 200 && status < 300, headers, text });
      });
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });
}
