import { z } from 'zod';
import { OWNER } from '../account/account';
import type { Api } from '../api';
import { found, unprocessable } from '../server/errors';
import { guess, openapi } from '../server/provenance';
import { type Call, list, type Route, route } from '../server/route';
import { second } from '../server/time';
import {
  type Body,
  body,
  createBody,
  createProject,
  ENVIRONMENTS,
  removeProject,
  updateProject,
} from './project-change';
import { defaultProject } from './project-member';
import { assignResources, isVisible, resourceAnswer, resourcesBody, resourceView } from './project-resource';
import { PROJECT_RESOURCES, PROJECTS, type Project } from './stored-project';

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
          return { project: view(updateProject(cloud, of(call), change)) };
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
        cloud
          .of(PROJECT_RESOURCES)
          .byProject.get(of(call).id)
          .filter((resource) => isVisible(resource, call.caller)),
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
    found(cloud.of(PROJECTS).get(params.project_id ?? ''));
  return [
    list({
      call: 'GET /v2/projects',
      operation: 'projects_list',
      scopes: [['project:read']],
      key: 'projects',
      item: answer,
      all: () => cloud.of(PROJECTS).values(),
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
      handle: ({ body: fields }) => ({ project: view(createProject(cloud, fields)) }),
    }),
    ...routesOf(api, 'default', () => defaultProject(cloud)),
    ...routesOf(api, ':project_id', projectOfCall),
    route({
      call: 'DELETE /v2/projects/:project_id',
      operation: 'projects_delete',
      scopes: [['project:delete']],
      status: 204,
      handle: (call) => removeProject(cloud, projectOfCall(call)),
    }),
  ];
}
