import { serversIn } from './haproxy-servers';

const STATISTICS = `# pxname,svname,status,addr,
visitors,FRONTEND,OPEN,,
web,web1,UP,10.0.0.5:80,
web,web2,DOWN 1/2,10.0.0.6:80,
web,web3,MAINT (resolution),,
web,BACKEND,UP,,
peer,scale-up,no check,10.0.0.3:8405,
`;

test('of the servers behind HAProxy those count that it checks', () => {
  expect([...serversIn(STATISTICS)]).toEqual([
    ['web/10.0.0.5:80', 'UP'],
    ['web/10.0.0.6:80', 'DOWN'],
  ]);
});
