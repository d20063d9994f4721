/** What an application on an app droplet may be made to ask, and as whom: shell commands for the droplet. */

const UID = 'uid=$(ps -o uid= -p $(systemctl show --value --property=MainPID app) | tr -d " ")';
const AS = {
  root: '',
  'the application': 'setpriv --reuid=$uid --regid=$uid --clear-groups',
  // A root of its own, in a network of its own, with the programs of the droplet.
  'root in a container':
    'podman run --rm --interactive --pids-limit=0 --network=drill --volume=/usr:/usr:ro --volume=/etc/ssl:/etc/ssl:ro --rootfs /srv/drill',
};
export type Asker = keyof typeof AS;

/** Runs a script as somebody on the droplet. */
export const as = (who: Asker, script: string) => `${UID}; ${AS[who]} sh -s <<'END'\n${script}\nEND`;

export const BUILD_CONTAINER = [
  'apt-get -qq install -y podman >/dev/null 2>&1',
  'podman network create --subnet=100.64.0.0/24 drill',
  'mkdir -p /srv/drill/usr /srv/drill/etc',
  'for part in bin lib lib64; do ln -s usr/$part /srv/drill/$part; done',
].join(' && ');
export const REMOVE_CONTAINER =
  'podman network rm drill; rm -r /srv/drill; apt-get -qq purge -y --autoremove podman >/dev/null 2>&1';

/** Writes the status with which the API answers somebody without a token. */
export const ASK_API =
  'curl --silent --output /dev/null --write-out "%{http_code}" https://api.digitalocean.com/v2/account';

/** Writes the files and processes that have a token of DigitalOcean in them. */
export const FIND_TOKENS =
  "grep -rlsE --devices=skip --exclude-dir=proc --exclude-dir=sys 'dop_v1_[0-9a-f]{64}' / /proc/[0-9]*/environ || true";

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

/** Asks for metadata in every way, and writes the beginning of each answer. */
export const askMetadata = (site: string) =>
  [
    `python3 -c '${REDIRECTOR}' 2>/dev/null & redirector=$!`,
    'sleep 0.5',
    ...attempts(site).map(
      (words) => `echo; curl --silent --insecure --globoff --max-time 1 ${words} | head -c 40; echo '<end>'`,
    ),
    'kill $redirector',
  ].join('\n');

/** What each of them was answered. */
export const answersOf = (written: string) =>
  written
    .split('<end>')
    .map((answer) => answer.trim())
    .slice(0, -1);

/** Whether this is how an answer of metadata begins. */
export const isMetadata = (answer: string) =>
  /^(id\n|{"droplet_id"|Content-Type: multipart|#cloud-config)/.test(answer);
