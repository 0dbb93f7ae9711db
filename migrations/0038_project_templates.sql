-- Templates of projects: how new projects of the company begin. They belong to no customer and to no project.
CREATE TABLE project_templates (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL,
    lead TEXT NOT NULL,
    parts TEXT NOT NULL
);
CREATE UNIQUE INDEX project_templates_name ON project_templates (name_folded);
