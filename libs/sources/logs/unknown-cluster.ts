import { Problem } from '../../domain/index.js';

/** 404: nobody by this name or id has a log in the project. A registered cluster is often asked for by its name. */
export const unknownCluster = (): Problem =>
  new Problem(
    404,
    'Not Found',
    'There is no such cluster: a registered one goes by its id here, one that only sends lines by its name.',
  );
