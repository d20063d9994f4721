/** A program in program/ that asks MySQL, as docs/your-app.md tells it, for the cipher of its connection. */
export interface Driver {
  /** As its users know it. */
  readonly name: string;
  /** Lines that docs/your-app.md gives are those of this file. */
  readonly file: string;
  readonly command: readonly string[];
  /** Prints its version. */
  readonly version: readonly string[];
  /** Run on this machine, in a folder with all programs, before: what Debian does not package. @default - nothing */
  readonly build?: readonly string[];
  /** Run where the driver runs, after that. @default - nothing */
  readonly install?: readonly string[];
  /** What a shell makes of DATABASE_CA before each connection, in the place of whoever runs it. @default - nothing */
  readonly before?: string;
}

/** Of Debian 13, on which the official images of Ruby and Python rest too. */
export const PACKAGES = [
  ...['python3-pymysql', 'python3-aiomysql', 'python3-sqlalchemy', 'python3-django'],
  ...['ruby-mysql2', 'php-cli', 'php-mysql'],
  ...['nodejs', 'default-jre-headless'],
  // For what pip compiles.
  ...['python3-pip', 'python3-setuptools', 'python3-dev', 'gcc', 'pkg-config', 'libmariadb-dev'],
];

const python = (name: string, distribution: string, file: string): Driver => ({
  name,
  file,
  command: ['python3', file],
  version: ['python3', '-c', `from importlib.metadata import version; print(version("${distribution}"))`],
});

const node = (name: string, release: string, file: string): Driver => ({
  name: `${name} ${release} (Node.js)`,
  file,
  command: ['node', file],
  version: ['node', '--version'],
  build: ['npm', 'install', '--no-save', '--ignore-scripts', `${name}@${release}`],
});

/** Debian's is of 2019 and knows no ssl_mode. */
const MYSQLCLIENT = '2.3.2';

const CONNECTOR_J = '9.4.0';
const JAR = `mysql-connector-j-${CONNECTOR_J}.jar`;
const KEYTOOL =
  'keytool -importcert -noprompt -alias database -file "$DATABASE_CA" -storetype PKCS12 -keystore /tmp/database.p12 -storepass public';

export const DRIVERS: readonly Driver[] = [
  {
    ...python('mysqlclient', 'mysqlclient', 'mysqlclient_driver.py'),
    // Only its source, for which it need not know a client library yet.
    build: [
      ...['env', 'MYSQLCLIENT_CFLAGS=-g', 'MYSQLCLIENT_LDFLAGS=-g', 'python3', '-m', 'pip', 'download'],
      ...['--no-deps', '--no-binary=:all:', `mysqlclient==${MYSQLCLIENT}`],
    ],
    install: [
      ...['python3', '-m', 'pip', 'install', '--no-index', '--no-deps', '--no-build-isolation'],
      ...['--break-system-packages', `mysqlclient-${MYSQLCLIENT}.tar.gz`],
    ],
  },
  python('PyMySQL', 'pymysql', 'pymysql_driver.py'),
  python('aiomysql', 'aiomysql', 'aiomysql_driver.py'),
  python('SQLAlchemy with PyMySQL', 'sqlalchemy', 'sqlalchemy_driver.py'),
  python('Django with mysqlclient', 'django', 'django_driver.py'),
  node('mysql2', '3.24.6', 'mysql2.js'),
  node('@prisma/adapter-mariadb', '7.10.0', 'prisma.js'),
  {
    name: 'mysql2 (Ruby)',
    file: 'mysql2.rb',
    command: ['ruby', 'mysql2.rb'],
    version: ['ruby', '-e', 'require "mysql2"; puts Mysql2::VERSION'],
  },
  {
    name: 'PDO (PHP)',
    file: 'pdo.php',
    command: ['php', 'pdo.php'],
    version: ['php', '-r', 'echo PHP_VERSION;'],
  },
  {
    name: 'mysqli (PHP)',
    file: 'mysqli.php',
    command: ['php', 'mysqli.php'],
    version: ['php', '-r', 'echo PHP_VERSION;'],
  },
  {
    name: 'go-sql-driver/mysql 1.10.1 (Go)',
    file: 'go/main.go',
    command: ['./go/driver'],
    version: ['true'],
    build: ['env', '--chdir=go', 'CGO_ENABLED=0', 'go', 'build', '-o', 'driver', '.'],
  },
  {
    name: `MySQL Connector/J ${CONNECTOR_J} (Java)`,
    file: 'ConnectorJ.java',
    command: ['java', '-cp', `.:${JAR}`, 'ConnectorJ'],
    version: ['java', '--version'],
    build: [
      'sh',
      '-ec',
      `mvn -q dependency:copy -Dartifact=com.mysql:mysql-connector-j:${CONNECTOR_J} -DoutputDirectory=.; javac --release 17 ConnectorJ.java`,
    ],
    before: `rm -f /tmp/database.p12; ${KEYTOOL}`,
  },
];
