import type * as pulumi from '@pulumi/pulumi';
import * as projects from '@pulumi/gcp/projects/index.js';
import { Component } from './component.js';

export interface ProjectServicesArgs {
  readonly project: string;
  /** Service names without `.googleapis.com`. */
  readonly services: readonly string[];
}

/** The APIs of a project. Everything else depends on it: a first deployment into an empty project works. */
export class ProjectServices extends Component {
  readonly services: Readonly<Record<string, projects.Service>>;

  constructor(name: string, args: ProjectServicesArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('ProjectServices', name, options);
    this.services = Object.fromEntries(
      args.services.map((service) => [
        service,
        // Disabling an API on destroy would take other stacks of the project down.
        new projects.Service(`${name}-${service}`, { project: args.project, service: `${service}.googleapis.com`, disableOnDestroy: false }, this.child()),
      ]),
    );
    this.registerOutputs({});
  }
}
