import type { Drill } from '../run/experiment';

const FORGED = '203.0.113.66';
/** Every way to say where a request comes from that somebody behind might believe. */
const HEADERS = [
  'X-Forwarded-For',
  'X_Forwarded_For',
  'X-FORWARDED-FOR',
  'X-Forwarded-For-Original',
  'Forwarded',
  'X-Real-IP',
  'X_Real_IP',
];
/** What goes to the app's port, as text, for five seconds. */
const LISTEN =
  "import socket,time\ns=socket.socket(17,3,socket.htons(3));s.settimeout(1);end=time.time()+5\nwhile time.time()<end:\n try: d=s.recv(65535)\n except TimeoutError: continue\n if b'/whence' in d: print(d[54:].decode('latin1'))";

export default {
  number: 26,
  title: 'A client says that its request comes from somewhere else',
  hypothesis: 'The application is told the address that the client really has, and no other.',
  limits: { failed: 0, unknown: 0, moves: 0 },
  calm: 5,
  async method(lab) {
    const listening = ['app-1', 'app-2'].map((name) => lab.exec(name, 'python3', '-c', LISTEN));
    await lab.wait(1);
    const forged = HEADERS.flatMap((name) => [
      '--header',
      `${name}: ${name === 'Forwarded' ? 'for=' : ''}${FORGED}`,
    ]);
    await lab.asVisitor('curl', '--silent', '--output', '/dev/null', ...forged, '/whence');
    const heard = (await Promise.all(listening)).join('');
    await lab.expect('the application hears of the request', async () => heard.includes('GET /whence'));
    await lab.expect('it is told the real address', async () =>
      /^x-forwarded-for: 192\.0\.2\.2\r$/im.test(heard),
    );
    await lab.expect('it is told no other', async () => !heard.includes(FORGED));
  },
} satisfies Drill;
