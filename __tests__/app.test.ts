import { EVERY_SETTING, synth, writtenFiles } from './synth';

describe('the app tier', () => {
  test('has as many droplets as the setting says', () => {
    const names = Object.keys(synth(EVERY_SETTING).resource.digitalocean_droplet);
    expect(names.filter((name) => name.startsWith('app-'))).toEqual(['app-1', 'app-2']);
  });

  test('gets its database as DATABASE_URL and its parts, in a file for root alone', () => {
    const secret = writtenFiles(synth(), 'app-1').get('/etc/scale-up/secrets/app.env');
    const password = '${random_password.database-password.result}';
    expect(secret?.permissions).toBe('0600');
    expect(secret?.content.split('\n')).toEqual([
      `DATABASE_URL=mysql://app:${password}@database:3306/app`,
      'DATABASE_HOST=database',
      'DATABASE_PORT=3306',
      'DATABASE_NAME=app',
      'DATABASE_USER=app',
      `DATABASE_PASSWORD=${password}`,
      'DATABASE_CA=/etc/scale-up/database-ca.pem',
      '',
    ]);
  });

  test.each([{}, { app: { image: 'registry.example.com/shop:1.4' } }])(
    'has what DATABASE_CA names: the authority that signed the certificate of the database, for all to read',
    (settings) => {
      expect(writtenFiles(synth(settings), 'app-1').get('/etc/scale-up/database-ca.pem')).toEqual({
        path: '/etc/scale-up/database-ca.pem',
        permissions: '0644',
        content: '${base64encode(tls_self_signed_cert.database-tls-authority.cert_pem)}',
      });
    },
  );
});
