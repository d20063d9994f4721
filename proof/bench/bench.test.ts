import { latenciesOf, percentile, rateOf } from './generators';
import { median, table, withSection } from './results';

const WRK = `Running 2s test @ http://198.19.0.10/static/home.css
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.63ms    1.22ms  34.58ms   93.71%
    Req/Sec    24.87k     2.03k   27.99k    75.00%
  49512 requests in 2.00s, 25.12MB read
`;

describe("the generators' words", () => {
  test('wrk: requests a second', () => {
    expect(rateOf(`${WRK}Requests/sec:  24745.31\nTransfer/sec:     12.56MB\n`)).toBe(24745.31);
  });

  test.each([
    ['  Non-2xx or 3xx responses: 12\n', 'Non-2xx or 3xx responses: 12'],
    [
      '  Socket errors: connect 0, read 3, write 0, timeout 0\n',
      'Socket errors: connect 0, read 3, write 0, timeout 0',
    ],
  ])('wrk: a rate with failures is none (%j)', (line, problem) => {
    expect(() => rateOf(`${WRK}${line}Requests/sec:  24745.31\n`)).toThrow(problem);
  });

  test('wrk: no answer at all is no rate', () => {
    expect(() => rateOf(`${WRK}Requests/sec:      0.00\n`)).toThrow('does not say');
    expect(() => rateOf('unable to connect\n')).toThrow('does not say');
  });

  test('h2load: milliseconds of each request', () => {
    expect(latenciesOf('1795522291987220\t200\t269\n1795522292016896\t200\t1234\n')).toEqual([0.269, 1.234]);
  });

  test('h2load: delays with a failed request, or of none, are none', () => {
    expect(() => latenciesOf('1795522291987220\t200\t269\n1795522292016896\t503\t80\n')).toThrow('503');
    expect(() => latenciesOf('')).toThrow('nothing');
  });
});

describe('figures', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);

  test('a percentile is the least value that so many do not exceed', () => {
    expect([50, 99, 100].map((percent) => percentile(hundred, percent))).toEqual([50, 99, 100]);
    expect(percentile([7], 99)).toBe(7);
    expect(percentile([], 50)).toBeNaN();
  });

  test('a median is the middle one, or between the middle two', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 7])).toBe(6);
  });

  test('a table of Markdown', () => {
    expect(
      table(
        ['', 'p50'],
        [
          ['Nginx', '0.40'],
          ['HAProxy', '0.31'],
        ],
      ),
    ).toBe('|  | p50 |\n|---|---|\n| Nginx | 0.40 |\n| HAProxy | 0.31 |');
  });
});

describe('a section of the document', () => {
  const text = '# Measured\n\n## One\n\nold\n\n## Other\n\nas it is\n';

  test('keeps its place', () => {
    expect(withSection(text, 'One', ' new\n\n')).toBe(text.replace('old', 'new'));
  });

  test('comes last when it is new, also where its title begins as another one', () => {
    expect(withSection(text, 'On', 'more')).toBe(`${text}\n## On\n\nmore\n`);
  });
});
