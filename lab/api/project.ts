import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { OWNER } from './account';
import { second } from './action';
import type { Api } from './api';
import type { Cloud } from './cloud';
import { conflict, found, preconditionFailed, unprocessable } from './errors';
import { guess, openapi } from './label';
import { assignResources, isVisible, resourceAnswer, resourcesBody, resourceView } from './project-resource';
import type { Project } from './records';
import { type Call, list, type Route, route } from './route';

const KNOWN_PURPOSES = [
  'Just trying out DigitalOcean',
  'Class project / Educational purposes',
  'Website or blog',
  'Web Application',
  'Service or API',
  'Mobile Application',
  'Machine learning / AI / Data processing',
  'IoT',
  'Operational / Developer tooling',
];
const ENVIRONMENTS = ['Development', 'Staging', 'Production'] as const;

const answer = openapi(
  z.strictObject({
    id: z.uuid(),
    owner_uuid: z.string(),
    owner_id: z.int(),
    name: z.string(),
    description: z.string(),
    purpose: z.string(),
    environment: guess('left out when none was named', z.enum(ENVIRONMENTS).optional()),
    is_default: z.boolean(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  }),
  'project',
);
const oneProject = openapi(z.strictObject({ project: answer }));
const readOnly = {
  id: z.string().nullish(),
  owner_uuid: z.string().nullish(),
  owner_id: z.int().nullish(),
  created_at: z.string().nullish(),
  updated_at: z.string().nullish(),
};
const name = z.string().min(1).max(175);
const purpose = z.string().min(1).max(255);
const texts = { description: z.string().max(255).nullish(), environment: z.string().nullish() };
const createBody = openapi(z.strictObject({ ...readOnly, ...texts, name, purpose }));
const body = openapi(
  z.strictObject({
    ...readOnly,
    ...texts,
    name: name.nullish(),
    purpose: purpose.nullish(),
    is_default: z.boolean().nullish(),
  }),
);
type Body = z.infer<typeof body>;

const view = (project: Project) => ({
  id: project.id,
  owner_uuid: OWNER.uuid,
  owner_id: OWNER.id,
  name: project.name,
  description: project.description,
  purpose: project.purpose,
  ...(project.environment ? { environment: project.environment } : {}),
  is_default: project.isDefault,
  created_at: second(project.createdAt),
  updated_at: second(project.updatedAt),
});

const defaultProject = (cloud: Cloud) => found(cloud.projects.values().find(({ isDefault }) => isDefault));

/** Every account has a default project. */
export function ensureDefaultProject(cloud: Cloud): void {
  if (cloud.projects.size > 0) return;
  const time = new Date().toISOString();
  const id = randomUUID();
  const texts = {
    name: 'first-project',
    description: '',
    purpose: 'Web Application',
    environment: 'Production',
  };
  cloud.projects.set(id, { id, ...texts, isDefault: true, createdAt: time, updatedAt: time });
}

/** Puts a new thing where its creator wants it, or in the default project. @throws 404 for an unknown project */
export function assignToProject(cloud: Cloud, urn: string, projectId: string | null | undefined): void {
  const project = projectId ? found(cloud.projects.get(projectId)) : defaultProject(cloud);
  cloud.projectResources.set(urn, { urn, projectId: project.id, assignedAt: new Date().toISOString() });
}

export const assignToDefaultProject = (cloud: Cloud, urn: string) => assignToProject(cloud, urn, undefined);
export const projectOf = (cloud: Cloud, urn: string) =>
  cloud.projectResources.get(urn)?.projectId ?? defaultProject(cloud).id;

const purposeOf = (text: string) =>
  KNOWN_PURPOSES.includes(text) || text.startsWith('Other: ') ? text : `Other: ${text}`;

function environmentOf(text: string): string {
  if (text === '') return '';
  const known = ENVIRONMENTS.find((name) => name.toLowerCase() === text.toLowerCase());
  if (!known) throw unprocessable(`environment must be one of ${ENVIRONMENTS.join(', ')}.`);
  return known;
}

function refuseSameName(cloud: Cloud, name: string, own?: Project): void {
  if (cloud.projects.values().some((project) => project.name === name && project.id !== own?.id))
    throw conflict('name is already in use');
}

function update(cloud: Cloud, project: Project, change: Body): Project {
  if (change.name) refuseSameName(cloud, change.name, project);
  const environment = environmentOf(change.environment ?? project.environment);
  if (change.is_default && !project.isDefault) {
    const previous = defaultProject(cloud);
    cloud.projects.set(previous.id, { ...previous, isDefault: false });
  }
  return cloud.projects.set(project.id, {
    ...project,
    name: change.name ?? project.name,
    description: change.description ?? project.description,
    purpose: change.purpose ? purposeOf(change.purpose) : project.purpose,
    environment,
    isDefault: project.isDefault || change.is_default === true,
    updatedAt: new Date().toISOString(),
  });
}

function create(cloud: Cloud, fields: z.infer<typeof createBody>): Project {
  refuseSameName(cloud, fields.name);
  const time = new Date().toISOString();
  const id = randomUUID();
  return cloud.projects.set(id, {
    id,
    name: fields.name,
    description: fields.description ?? '',
    purpose: purposeOf(fields.purpose),
    environment: environmentOf(fields.environment ?? ''),
    isDefault: false,
    createdAt: time,
    updatedAt: time,
  });
}

function remove(cloud: Cloud, project: Project): void {
  if (project.isDefault) throw preconditionFailed('cannot delete the default project');
  if (cloud.resourcesByProject.has(project.id))
    throw preconditionFailed('cannot delete a project with resources');
  cloud.projects.delete(project.id);
}

/** The calls on one project, named by its id or as the default one. */
function routesOf(
  api: Api,
  where: 'default' | ':project_id',
  of: (call: Pick<Call, 'params'>) => Project,
): Route[] {
  const { cloud } = api;
  const isDefault = where === 'default';
  const suffix = isDefault ? '_default' : '';
  return [
    route({
      call: `GET /v2/projects/${where}`,
      operation: `projects_get${suffix}`,
      scopes: [['project:read']],
      status: 200,
      answer: oneProject,
      handle: (call) => ({ project: view(of(call)) }),
    }),
    ...(['PUT', 'PATCH'] as const).map((method) =>
      route({
        call: `${method} /v2/projects/${where}`,
        operation: `projects_${method === 'PUT' ? 'update' : 'patch'}${suffix}`,
        scopes: [['project:update']],
        body,
        status: 200,
        answer: oneProject,
        guesses: [
          'PUT leaves what it does not name as it was.',
          'At least one attribute must be named. is_default: false changes nothing: one project is always the default.',
        ].slice(method === 'PUT' ? 0 : 1),
        handle: (call) => {
          const change = call.body as Body;
          if (Object.keys(change).length === 0) throw unprocessable('At least one attribute is required.');
          return { project: view(update(cloud, of(call), change)) };
        },
      }),
    ),
    list({
      call: `GET /v2/projects/${where}/resources`,
      operation: `projects_list_resources${suffix}`,
      scopes: [['project:read']],
      key: 'resources',
      item: resourceAnswer,
      arePagesGuessed: isDefault,
      all: (call) =>
        cloud.resourcesByProject.get(of(call).id).filter((resource) => isVisible(resource, call.caller)),
      view: (resource, call) => resourceView(api, resource, 'ok', call.base),
    }),
    route({
      call: `POST /v2/projects/${where}/resources`,
      operation: `projects_assign_resources${suffix}`,
      scopes: [['project:assign_resource'], ['project:update']],
      body: resourcesBody,
      status: 200,
      answer: openapi(z.strictObject({ resources: z.array(resourceAnswer) })),
      guesses: [
        'A Reserved IP is listed by the URN it was assigned by; by itself it has do:floatingip. With `strictProjects` it behaves as users report: always do:floatingip, and 412 while it is assigned.',
        'A URN of nothing that exists is answered with the status not_found.',
      ],
      handle: (call) => ({ resources: assignResources(api, of(call), call.body.resources ?? [], call) }),
    }),
  ];
}

export function projectRoutes(api: Api): Route[] {
  const { cloud } = api;
  const projectOfCall = ({ params }: Pick<Call, 'params'>) =>
    found(cloud.projects.get(params.project_id ?? ''));
  return [
    list({
      call: 'GET /v2/projects',
      operation: 'projects_list',
      scopes: [['project:read']],
      key: 'projects',
      item: answer,
      all: () => cloud.projects.values(),
      view,
    }),
    route({
      call: 'POST /v2/projects',
      operation: 'projects_create',
      scopes: [['project:create']],
      body: createBody,
      status: 201,
      answer: oneProject,
      guesses: [
        '409 for a name that is taken.',
        'A purpose of one\'s own is answered with "Other: " before it.',
      ],
      handle: ({ body: fields }) => ({ project: view(create(cloud, fields)) }),
    }),
    ...routesOf(api, 'default', () => defaultProject(cloud)),
    ...routesOf(api, ':project_id', projectOfCall),
    route({
      call: 'DELETE /v2/projects/:project_id',
      operation: 'projects_delete',
      scopes: [['project:delete']],
      status: 204,
      handle: (call) => remove(cloud, projectOfCall(call)),
    }),
  ];
}
