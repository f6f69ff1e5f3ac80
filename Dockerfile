# syntax=docker/dockerfile:1

FROM node:24-bookworm-slim AS build
WORKDIR /spillway
COPY package.json package-lock.json .npmrc ./
COPY bin bin
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY apps apps
COPY libs libs
COPY migrations migrations
COPY test test
COPY tools tools
# The npm package `node` would only repeat the Node of the image.
RUN npm run build \
 && npm prune --omit=dev \
 && rm -rf node_modules/node node_modules/.bin/node

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8080 \
    SPILLWAY_DATA_DIR=/data
# The image's own user `node` (uid 1000) runs everything, the embedded PostgreSQL included.
RUN mkdir -m 0700 /data && chown node:node /data
WORKDIR /spillway
COPY --from=build /spillway/package.json ./
COPY --from=build /spillway/node_modules node_modules
COPY --from=build /spillway/dist dist
COPY --from=build /spillway/bin bin
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Docker kills after ten seconds unless told otherwise: run it with `--stop-timeout 60`, so that running calls may end.
CMD ["node", "--enable-source-maps", "--max-semi-space-size=16", "--heap-growing-percent=40", "dist/apps/hub/main.js"]
