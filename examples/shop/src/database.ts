import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createPool,
  type Pool,
  type PoolConnection,
  type ResultSetHeader,
  type RowDataPacket,
} from 'mysql2/promise';
import type { Product, Products } from './server';

/** In the order in which they came to be. Add to the end; what has run stays as it is. */
const MIGRATIONS = [
  `CREATE TABLE products (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(200) CHARACTER SET utf8mb4 NOT NULL,
    cents INT UNSIGNED NOT NULL
  )`,
];

/** Products in the MySQL server of DATABASE_URL, over TLS that is verified. */
export class Database implements Products {
  private readonly pool: Pool;
  private isMigrated = false;

  /** @param authority path of the certificate that signed the server's */
  constructor(url: string, authority: string) {
    const { hostname, port, username, password, pathname } = new URL(url);
    this.pool = createPool({
      host: hostname,
      port: Number(port),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      database: pathname.slice(1),
      ssl: { ca: readFileSync(authority), verifyIdentity: true },
      // Small, since every application server has as many.
      connectionLimit: 5,
      connectTimeout: 2000,
      enableKeepAlive: true,
    });
  }

  get ready(): boolean {
    return this.isMigrated;
  }

  /** Brings the tables up to date, as soon as there is a database. Servers that start together wait for each other. */
  async migrate(): Promise<void> {
    const connection = await this.firstConnection();
    try {
      const [[lock]] = await connection.query<RowDataPacket[]>("SELECT GET_LOCK('migrations', 120) AS held");
      if (lock?.held !== 1) throw new Error('Another server has migrated for two minutes.');
      await connection.query(
        'CREATE TABLE IF NOT EXISTS migrations (number INT UNSIGNED NOT NULL PRIMARY KEY)',
      );
      const [done] = await connection.query<RowDataPacket[]>('SELECT number FROM migrations');
      for (const [number, statement] of MIGRATIONS.entries()) {
        if (done.some((row) => row.number === number)) continue;
        await connection.query(statement);
        await connection.query('INSERT INTO migrations (number) VALUES (?)', [number]);
      }
      await connection.query("DO RELEASE_LOCK('migrations')");
      this.isMigrated = true;
    } finally {
      connection.destroy(); // with its lock, whatever happened
    }
  }

  async list(): Promise<Product[]> {
    const [rows] = await this.pool.query<RowDataPacket[]>(
      'SELECT id, name, cents FROM products ORDER BY id DESC LIMIT 100',
    );
    return rows as Product[];
  }

  async add({ name, cents }: Omit<Product, 'id'>): Promise<Product> {
    const [{ insertId }] = await this.pool.query<ResultSetHeader>(
      'INSERT INTO products (name, cents) VALUES (?, ?)',
      [name, cents],
    );
    return { id: insertId, name, cents };
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async firstConnection(): Promise<PoolConnection> {
    for (;;) {
      try {
        return await this.pool.getConnection();
      } catch (error) {
        console.error(`No database yet: ${(error as Error).message}`);
        await sleep(1000);
      }
    }
  }
}
