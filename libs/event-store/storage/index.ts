export * from './storage-backend.js';
export * from './storage-settings.js';
