import { asserted, type Check, type Control, excepted, findsNothing, prints } from './control';

const database = (command: string, text: string): Check => prints(command, text, ['database']);
const query = (statement: string) => `mysql --batch --skip-column-names --execute "${statement}"`;
const sql = (statement: string, text: string): Check => database(query(statement), text);

export const MYSQL: readonly Control[] = [
  asserted('mysql-conf-02', 'One instance', database('pgrep -xc mysqld', '1')),
  asserted(
    'mysql-conf-03',
    'No local infile, a secure file path, rights, an unprivileged user',
    database(
      `${query("SELECT @@local_infile = 0 AND COALESCE(@@secure_file_priv, 'NULL') = 'NULL' AND CURRENT_USER() = 'root@localhost'")}; ps -C mysqld -o user=`,
      '1\nmysql',
    ),
    'MySQL 8 no longer knows safe-user-create and old_passwords, and follows no symbolic links. Who has no rights on a schema does not see it; an application may list its own.',
  ),
  excepted('mysql-conf-03b', 'No passwords in the format of MySQL 4.0', 'MySQL 8 no longer knows it.'),
  asserted(
    'mysql-conf-04',
    "The data folder is mysql's",
    database("stat -c '%U %G %a' /var/lib/mysql", 'mysql mysql 700'),
    'And closed to others.',
  ),
  asserted(
    'mysql-conf-05',
    "Data files are mysql's, and closed to others",
    database(
      "stat -c '%U %G' /var/lib/mysql/ibdata1; find /var/lib/mysql -type f -name '*ibd*' -perm /007",
      'mysql mysql',
    ),
  ),
  asserted(
    'mysql-conf-06',
    "The log is mysql's, and closed to others",
    sql('SELECT @@log_error', 'stderr'),
    'There is no file: the journal has it.',
  ),
  asserted(
    'mysql-conf-07',
    "my.cnf is root's, and closed to all but mysql",
    database("stat -Lc '%U %G %a' /etc/mysql/my.cnf", 'root root 644'),
    'Others may read it: it holds no secret.',
  ),
  asserted(
    'mysql-conf-08',
    "The hardening's own file too",
    database("stat -c '%U %G %a' /etc/mysql/mysql.conf.d/scale-up.cnf", 'root root 644'),
    'Others may read it: it holds no secret.',
  ),
  asserted(
    'mysql-conf-09',
    'No MYSQL_PWD in an environment',
    findsNothing("cat /proc/[0-9]*/environ 2>/dev/null | grep -az '^MYSQL_PWD='"),
  ),
  asserted(
    'mysql-db-01',
    'No Community build',
    sql("SELECT VERSION() LIKE '%Community%'", '0'),
    "The distribution's, which gets its security updates.",
  ),
  asserted('mysql-db-02', 'MySQL 5 or newer', sql("SELECT SUBSTRING_INDEX(VERSION(), '.', 1) >= 8", '1')),
  asserted('mysql-db-03', 'No schema test', sql("SHOW DATABASES LIKE 'test'", '')),
  asserted(
    'mysql-db-04',
    'No anonymous account',
    sql("SELECT COUNT(*) FROM mysql.user WHERE user = ''", '0'),
  ),
  excepted('mysql-db-05', 'No account without a password, before MySQL 5.7.6', 'See mysql-db-05b.'),
  asserted(
    'mysql-db-05b',
    'No account without a password',
    sql("SELECT COUNT(*) FROM mysql.user WHERE authentication_string = '' AND plugin <> 'auth_socket'", '0'),
    'But for root, which whoever is root on the droplet is, and nobody else.',
  ),
  asserted(
    'mysql-db-06',
    'No grant option but for root and maintenance',
    sql(
      "SELECT user FROM mysql.user WHERE grant_priv = 'Y' AND user NOT IN ('root', 'debian-sys-maint')",
      '',
    ),
  ),
  asserted(
    'mysql-db-07',
    'No account for every host',
    sql("SELECT user FROM mysql.user WHERE host LIKE '%\\%%'", 'app'),
    "But for the application's: its droplets come and go. The firewall admits no others, and mysqld is on the private address alone.",
  ),
  asserted(
    'mysql-db-08',
    'root from this host only',
    sql("SELECT host FROM mysql.user WHERE user = 'root'", 'localhost'),
  ),
];
