import { synth } from '../../__tests__/synth';
import { REQUIRED_PROVIDERS } from '../../lab/apply/testing/small-stack';

test("the lab's tests with Terraform itself try the providers of the stack, at its versions", () => {
  expect(synth().terraform.required_providers).toMatchObject(REQUIRED_PROVIDERS);
});
