/** Path of a stack's state where it is a file: beside cdktf.json, seen from the folder in which Terraform works. */
export const stateFile = (stack: string) => `../../../terraform.${stack}.tfstate`;
