import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from '../../lab/common/run';
import { containerArchive, packagesLayer } from './container-archive';

const SAMPLE = resolve(__dirname, '../../cloud-init/sample-app/opt/app');
const FILES = ['-C', SAMPLE, 'app.py', 'database.py', '-C', __dirname, 'patient.py'];
const PACKAGES = ['gunicorn', 'python3', 'python3-pymysql'];

/** Python, a shell and what both need. */
const PYTHON = [
  'programs="/usr/bin/sh /usr/bin/python3 /usr/bin/env"',
  'modules="$(find /usr/lib/python3* -name "*.so")"',
  `libraries=$(ldd $programs $modules 2> /dev/null | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^\\/.*[^:]$/) print $i }' | sort -u)`,
  'exec tar --create --dereference --exclude=__pycache__ --exclude=test --file=/layer.tar $programs $libraries /usr/bin/gunicorn /usr/lib/python3 /usr/lib/python3.*',
].join('\n');

/** OpenSSL's modules are not among the libraries. */
const ENVIRONMENT = ['PATH=/usr/bin', 'PYTHONDONTWRITEBYTECODE=1', 'CRYPTOGRAPHY_OPENSSL_NO_LEGACY=1'];

const SERVE =
  'NAME=$HOSTNAME exec /usr/bin/python3 /usr/bin/gunicorn --bind 0.0.0.0:$PORT --workers 2 --threads 16 --keep-alive 10 --log-level warning --worker-tmp-dir /dev/shm "patient:create_application()"';
const ENDS = 'echo "This release is no good." >&2; exit 3';

/**
 * Makes images of the sample application, one for each release and with what patient.py adds, and hands their archives to `use`; afterwards they are gone.
 *
 * @param releases whether each is good, by tag
 */
export async function withNotesImages<T>(
  releases: Readonly<Record<string, boolean>>,
  use: (archives: ReadonlyMap<string, string>) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'scale-up-notes-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove); // of one that is interrupted
  try {
    const python = await packagesLayer(folder, 'notes', PACKAGES, PYTHON);
    const own = ['--owner=0', '--group=0', '--numeric-owner', '--transform=s,^,app/,'];
    await run(['tar', '--create', ...own, '--file', join(folder, 'app.tar'), ...FILES]);
    const archives = new Map<string, string>();
    for (const [tag, isGood] of Object.entries(releases)) {
      const layers = [python, join(folder, 'app.tar')];
      const configuration = {
        user: '1000',
        workingDirectory: '/app',
        environment: [...ENVIRONMENT, `RELEASE=${tag}`],
        command: ['/usr/bin/sh', '-c', isGood ? SERVE : ENDS],
      };
      archives.set(tag, await containerArchive(tag, layers, configuration));
    }
    return await use(archives);
  } finally {
    process.off('exit', remove);
    remove();
  }
}
