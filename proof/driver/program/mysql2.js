const { readFileSync } = require('node:fs');
const { createConnection } = require('mysql2/promise');

const { DATABASE_URL, DATABASE_CA } = process.env;

async function main() {
  const database = await createConnection({
    uri: DATABASE_URL,
    ssl: { ca: readFileSync(DATABASE_CA), verifyIdentity: true },
  });
  const [[row]] = await database.query("SHOW STATUS LIKE 'Ssl_cipher'");
  console.log(row.Value);
  await database.end();
}

main();
