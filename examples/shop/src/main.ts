import { hostname } from 'node:os';
import { Database } from './database';
import { serve } from './server';

const { DATABASE_URL = '', DATABASE_CA = '', PORT = '8080', SHOP_NAME = 'Shop' } = process.env;

const database = new Database(DATABASE_URL, DATABASE_CA);
const server = serve({ products: database, name: SHOP_NAME, servedBy: hostname() });
server.listen(Number(PORT), () => console.log(`Listening on port ${PORT}`));

// Requests are refused until the tables are there: the health path says so, and no traffic comes before.
database.migrate().then(
  () => console.log('The database is migrated'),
  (error) => {
    console.error(`The migration failed: ${error.message}`);
    process.exit(1);
  },
);

// As process 1 of a container it is told to stop, and has the time that its open requests need.
process.on('SIGTERM', () => {
  console.log('Stopping');
  server.close(() => database.close().then(() => process.exit(0)));
  server.closeIdleConnections();
});
