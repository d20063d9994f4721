import { checked } from './container-image';

const image = {
  reference: 'registry.example.com/shop:1.4',
  registry: { host: 'registry.example.com', port: 443 },
};

test('an image and its archive belong together, and the archive is there before anything is booted', () => {
  expect(checked(undefined, undefined)).toBeUndefined();
  expect(checked(image, __filename)).toBe(image);
  expect(() => checked(image, undefined)).toThrow(
    /^The stack runs registry\.example\.com\/shop:1\.4, and a lab reaches no registry/,
  );
  expect(() => checked(undefined, __filename)).toThrow(/^The stack runs no container image, so /);
  expect(() => checked(image, '/nowhere/shop.tar')).toThrow(
    /^--image: there is no file \/nowhere\/shop\.tar\.$/,
  );
});
