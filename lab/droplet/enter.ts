/** The words that start a command inside the droplet whose process 1 is `initPid`, as root and with root's usual environment. */
export function enter(initPid: number): string[] {
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const environment = [
    'env',
    '--ignore-environment',
    `PATH=${path}`,
    'HOME=/root',
    'LANG=C.UTF-8',
    'TERM=xterm',
  ];
  const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'];
  return ['nsenter', `--target=${initPid}`, ...namespaces, '--', ...environment];
}
