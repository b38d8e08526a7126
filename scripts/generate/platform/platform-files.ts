// The platform's generated files: what the chart takes as it is (roles, policies, templates, the schema of its values), and phase 2.
import { yamlFile, type GeneratedFile } from '../generated-file.ts'
import { admissionPolicies } from './admission.ts'
import { valuesSchema } from './chart-values.ts'
import { DEFAULT_NAMES, PLACEHOLDER_NAMES, platformLabels } from './names.ts'
import { defaultConfig, operatorObjects } from './operator.ts'
import { homesRoles, platformRoles } from './roles.ts'
import { vdiTemplates } from './templates.ts'

export const CHART = 'charts/kasm-operator'
export const PHASE_2 = 'manifests/phase-2'

/** Files of the chart; where the operator's account is named, a placeholder stands that the chart fills in. */
export function chartFiles(): readonly GeneratedFile[] {
  return [
    valuesSchema(),
    yamlFile(`${CHART}/files/roles.yaml`, 'Who may do what.', platformRoles(PLACEHOLDER_NAMES)),
    yamlFile(
      `${CHART}/files/homes-roles.yaml`,
      'What the program may do that keeps homes on each node.',
      homesRoles(PLACEHOLDER_NAMES),
    ),
    yamlFile(
      `${CHART}/files/admission.yaml`,
      'What users may not do although their rights would let them.',
      admissionPolicies(PLACEHOLDER_NAMES),
    ),
    ...vdiTemplates().map(({ name, object }) =>
      yamlFile(`${CHART}/files/templates/${name}.yaml`, 'A template that comes with the chart.', [object]),
    ),
  ]
}

/** The platform as plain manifests, the same as the chart with its default values and no templates. */
export function phaseTwo(): readonly GeneratedFile[] {
  const files = [
    yamlFile(`${PHASE_2}/namespace.yaml`, 'Where the operator runs.', [namespace()]),
    yamlFile(`${PHASE_2}/roles.yaml`, 'Who may do what.', platformRoles(DEFAULT_NAMES)),
    yamlFile(
      `${PHASE_2}/admission.yaml`,
      'What users may not do although their rights would let them.',
      admissionPolicies(DEFAULT_NAMES),
    ),
    yamlFile(
      `${PHASE_2}/operator.yaml`,
      'The operator, its settings and its network rules.',
      operatorObjects(DEFAULT_NAMES, defaultConfig()),
    ),
  ]
  const resources = ['crds.yaml', ...files.map(({ path }) => path.slice(PHASE_2.length + 1))]
  return [
    yamlFile(`${PHASE_2}/kustomization.yaml`, 'kubectl apply --server-side -k manifests/phase-2', [
      { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources },
    ]),
    ...files,
    yamlFile(
      `${PHASE_2}/templates.yaml`,
      'Templates to begin with: applied after the rest, since it defines their kind.',
      vdiTemplates().map(({ object }) => object),
    ),
  ]
}

function namespace(): unknown {
  const labels = {
    ...platformLabels('platform'),
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/warn': 'restricted',
  }
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: DEFAULT_NAMES.namespace, labels } }
}
