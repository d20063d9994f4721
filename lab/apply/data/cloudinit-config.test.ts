import { gunzipSync } from 'node:zlib';
import { read } from './cloudinit-config';

const part = (content: string, more: object = {}) => ({
  content,
  content_type: '',
  filename: '',
  merge_type: '',
  ...more,
});

const plain = { gzip: false, base64_encode: false, boundary: 'MIMEBOUNDARY' };

test('parts become a MIME document with the line ends and headers that the real provider writes', () => {
  const parts = [
    part('#cloud-config\npackages: [nginx]\n', { content_type: 'text/cloud-config', filename: 'a.yaml' }),
    part('#!/bin/sh\r\n', { merge_type: 'list(append)' }),
  ];
  expect(read({ ...plain, part: parts }).rendered).toBe(
    [
      'Content-Type: multipart/mixed; boundary="MIMEBOUNDARY"\nMIME-Version: 1.0\r\n\r\n',
      '--MIMEBOUNDARY\r\nContent-Disposition: attachment; filename="a.yaml"\r\nContent-Transfer-Encoding: 7bit\r\n',
      'Content-Type: text/cloud-config\r\nMime-Version: 1.0\r\n\r\n#cloud-config\npackages: [nginx]\n\r\n',
      '--MIMEBOUNDARY\r\nContent-Transfer-Encoding: 7bit\r\nContent-Type: text/plain\r\nMime-Version: 1.0\r\n',
      'X-Merge-Type: list(append)\r\n\r\n#!/bin/sh\r\n\r\n--MIMEBOUNDARY--\r\n',
    ].join(''),
  );
});

test('base64 and gzip wrap the same document', () => {
  const document = read({ ...plain, part: [part('x')] }).rendered;
  const base64 = String(read({ ...plain, base64_encode: true, part: [part('x')] }).rendered);
  const both = String(read({ ...plain, gzip: true, base64_encode: true, part: [part('x')] }).rendered);
  expect(Buffer.from(base64, 'base64').toString()).toBe(document);
  expect(gunzipSync(Buffer.from(both, 'base64')).toString()).toBe(document);
  expect(() => read({ ...plain, gzip: true, part: [part('x')] })).toThrow('gzip needs base64_encode');
});
