import { ProjectStore } from '../../persistence/index.js';
import { HoldReading } from './hold-reading.js';
import { Holds } from './holds.service.js';
import { MaintenanceWindowsController } from './maintenance-windows.controller.js';
import { SilencesController } from './silences.controller.js';

/** The API of silences and maintenance windows. */
export const HOLD_CONTROLLERS = [SilencesController, MaintenanceWindowsController];
export const HOLD_PROVIDERS = [ProjectStore, Holds, HoldReading];
