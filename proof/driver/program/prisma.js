const { readFileSync } = require('node:fs');
const { PrismaMariaDb } = require('@prisma/adapter-mariadb');

const { DATABASE_HOST, DATABASE_USER, DATABASE_PASSWORD, DATABASE_NAME, DATABASE_CA } = process.env;

async function main() {
  // For new PrismaClient({ adapter }).
  const adapter = new PrismaMariaDb({
    host: DATABASE_HOST,
    user: DATABASE_USER,
    password: DATABASE_PASSWORD,
    database: DATABASE_NAME,
    ssl: { ca: readFileSync(DATABASE_CA, 'utf8') },
  });
  const database = await adapter.connect();
  const { rows } = await database.queryRaw({
    sql: "SHOW STATUS LIKE 'Ssl_cipher'",
    args: [],
    argTypes: [],
  });
  console.log(rows[0][1]);
  await database.dispose();
}

main();
