import type { Control } from './control';
import { LINUX } from './linux';
import { MYSQL } from './mysql';
import { NGINX } from './nginx';
import { SSH } from './ssh';

/** A list of controls that others keep, and what becomes of each of them here. */
export interface Baseline {
  readonly name: string;
  readonly repository: string;
  /** Of the repository, when its controls were read. */
  readonly commit: string;
  readonly date: string;
  readonly controls: readonly Control[];
}

export const BASELINES: readonly Baseline[] = [
  {
    name: 'Linux',
    repository: 'dev-sec/linux-baseline',
    commit: '537b84c850b13e2fef15c52cbdd6f40ba221300b',
    date: 'May 2026',
    controls: LINUX,
  },
  {
    name: 'SSH',
    repository: 'dev-sec/ssh-baseline',
    commit: '975dff3caa1e6d912ae52be1f82318c9e42bedfa',
    date: 'August 2024',
    controls: SSH,
  },
  {
    name: 'Nginx',
    repository: 'dev-sec/nginx-baseline',
    commit: 'bdd69d3bcd6f84c9e78458010067758817dbd7fa',
    date: 'May 2023',
    controls: NGINX,
  },
  {
    name: 'MySQL',
    repository: 'dev-sec/mysql-baseline',
    commit: 'c5f4865ba5a873ff703d836bcb33f3cfbeb63564',
    date: 'November 2023',
    controls: MYSQL,
  },
];
