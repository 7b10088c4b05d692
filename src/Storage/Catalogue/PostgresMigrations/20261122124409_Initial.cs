using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace SecureRecorder.Storage.Catalogue.PostgresMigrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "Approvals",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Kind = table.Column<string>(type: "text", maxLength: 20, nullable: false),
                    Session = table.Column<Guid>(type: "uuid", nullable: false),
                    Requester = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    Purpose = table.Column<string>(type: "text", maxLength: 80, nullable: false),
                    Note = table.Column<string>(type: "text", maxLength: 200, nullable: true),
                    RequestedAt = table.Column<long>(type: "bigint", nullable: false),
                    ExpiresAt = table.Column<long>(type: "bigint", nullable: false),
                    State = table.Column<string>(type: "text", maxLength: 20, nullable: false),
                    DecidedBy = table.Column<string>(type: "text", maxLength: 64, nullable: true),
                    DecidedAt = table.Column<long>(type: "bigint", nullable: true),
                    Reason = table.Column<string>(type: "text", maxLength: 200, nullable: true),
                    UsedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Approvals", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Audit",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    Actor = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    Action = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    Session = table.Column<Guid>(type: "uuid", nullable: true),
                    Outcome = table.Column<string>(type: "text", maxLength: 16, nullable: false),
                    Detail = table.Column<string>(type: "text", maxLength: 400, nullable: true),
                    Address = table.Column<string>(type: "text", maxLength: 45, nullable: true),
                    Salt = table.Column<byte[]>(type: "bytea", maxLength: 16, nullable: true),
                    Previous = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: true),
                    Hash = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Audit", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "AuditCursors",
                columns: table => new
                {
                    Name = table.Column<string>(type: "text", maxLength: 32, nullable: false),
                    Sequence = table.Column<long>(type: "bigint", nullable: false),
                    Number = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AuditCursors", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "Commits",
                columns: table => new
                {
                    Session = table.Column<Guid>(type: "uuid", nullable: false),
                    Track = table.Column<string>(type: "text", maxLength: 32, nullable: false),
                    Index = table.Column<long>(type: "bigint", nullable: false),
                    Size = table.Column<long>(type: "bigint", nullable: false),
                    Sha256 = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    Start = table.Column<double>(type: "double precision", nullable: false),
                    Duration = table.Column<double>(type: "double precision", nullable: false),
                    Key = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Commits", x => new { x.Session, x.Track, x.Index });
                });

            migrationBuilder.CreateTable(
                name: "Entitlements",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Account = table.Column<string>(type: "text", maxLength: 64, nullable: true),
                    Team = table.Column<int>(type: "integer", nullable: true),
                    Scope = table.Column<string>(type: "text", maxLength: 20, nullable: false),
                    ScopeTeam = table.Column<int>(type: "integer", nullable: true),
                    ScopeLabel = table.Column<string>(type: "text", maxLength: 60, nullable: true),
                    ScopeSession = table.Column<Guid>(type: "uuid", nullable: true),
                    Video = table.Column<bool>(type: "boolean", nullable: false),
                    Chat = table.Column<bool>(type: "boolean", nullable: false),
                    ExpiresAt = table.Column<long>(type: "bigint", nullable: false),
                    GrantedBy = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    GrantedAt = table.Column<long>(type: "bigint", nullable: false),
                    Reason = table.Column<string>(type: "text", maxLength: 200, nullable: false),
                    RevokedAt = table.Column<long>(type: "bigint", nullable: true),
                    RevokedBy = table.Column<string>(type: "text", maxLength: 64, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Entitlements", x => x.Id);
                    table.CheckConstraint("CK_Entitlements_Scope", "(\"Scope\" = 'Team' AND \"ScopeTeam\" IS NOT NULL) OR (\"Scope\" = 'Label' AND \"ScopeLabel\" IS NOT NULL) OR (\"Scope\" = 'Session' AND \"ScopeSession\" IS NOT NULL)");
                    table.CheckConstraint("CK_Entitlements_Subject", "(\"Account\" IS NULL) <> (\"Team\" IS NULL)");
                });

            migrationBuilder.CreateTable(
                name: "Exports",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Session = table.Column<Guid>(type: "uuid", nullable: false),
                    Requester = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    Purpose = table.Column<string>(type: "text", maxLength: 80, nullable: false),
                    RequestedAt = table.Column<long>(type: "bigint", nullable: false),
                    Tracks = table.Column<string>(type: "text", maxLength: 80, nullable: false),
                    State = table.Column<string>(type: "text", maxLength: 20, nullable: false),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    ApprovedBy = table.Column<string>(type: "text", maxLength: 64, nullable: true),
                    ApprovedAt = table.Column<long>(type: "bigint", nullable: true),
                    Watermark = table.Column<bool>(type: "boolean", nullable: false),
                    Builder = table.Column<Guid>(type: "uuid", nullable: true),
                    LeaseUntil = table.Column<long>(type: "bigint", nullable: true),
                    Percent = table.Column<int>(type: "integer", nullable: false),
                    Stored = table.Column<bool>(type: "boolean", nullable: false),
                    Size = table.Column<long>(type: "bigint", nullable: false),
                    ReadyAt = table.Column<long>(type: "bigint", nullable: true),
                    ExpiresAt = table.Column<long>(type: "bigint", nullable: true),
                    Downloads = table.Column<int>(type: "integer", nullable: false),
                    Detail = table.Column<string>(type: "text", maxLength: 400, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Exports", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Labels",
                columns: table => new
                {
                    Name = table.Column<string>(type: "text", maxLength: 60, nullable: false),
                    NormalizedName = table.Column<string>(type: "text", maxLength: 60, nullable: false),
                    IsSensitive = table.Column<bool>(type: "boolean", nullable: false),
                    RetiredAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Labels", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "NoticeDrafts",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    Language = table.Column<string>(type: "text", maxLength: 35, nullable: false),
                    Sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                    Enabled = table.Column<bool>(type: "boolean", nullable: false),
                    AsksSpecialCategories = table.Column<bool>(type: "boolean", nullable: false),
                    AsksGuardian = table.Column<bool>(type: "boolean", nullable: false),
                    SavedAt = table.Column<long>(type: "bigint", nullable: false),
                    SavedBy = table.Column<string>(type: "text", maxLength: 64, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_NoticeDrafts", x => new { x.Id, x.Language });
                });

            migrationBuilder.CreateTable(
                name: "Notices",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    Language = table.Column<string>(type: "text", maxLength: 35, nullable: false),
                    Sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                    AsksSpecialCategories = table.Column<bool>(type: "boolean", nullable: false),
                    AsksGuardian = table.Column<bool>(type: "boolean", nullable: false),
                    PublishedAt = table.Column<long>(type: "bigint", nullable: false),
                    PublishedBy = table.Column<string>(type: "text", maxLength: 64, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Notices", x => new { x.Id, x.Version, x.Language });
                });

            migrationBuilder.CreateTable(
                name: "ReplayGrants",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Session = table.Column<Guid>(type: "uuid", nullable: false),
                    Viewer = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    Purpose = table.Column<string>(type: "text", maxLength: 80, nullable: false),
                    GrantedAt = table.Column<long>(type: "bigint", nullable: false),
                    ExpiresAt = table.Column<long>(type: "bigint", nullable: false),
                    RevokedAt = table.Column<long>(type: "bigint", nullable: true),
                    Approval = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ReplayGrants", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "RequestCases",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Session = table.Column<Guid>(type: "uuid", nullable: false),
                    Participant = table.Column<string>(type: "text", maxLength: 2, nullable: false),
                    Kind = table.Column<int>(type: "integer", nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    State = table.Column<int>(type: "integer", nullable: false),
                    ClosedAt = table.Column<long>(type: "bigint", nullable: true),
                    ClosedBy = table.Column<string>(type: "text", maxLength: 64, nullable: true),
                    Sealed = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RequestCases", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Sessions",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Technician = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    Ticket = table.Column<string>(type: "text", maxLength: 120, nullable: true),
                    TicketKey = table.Column<string>(type: "text", maxLength: 120, nullable: true, collation: "C"),
                    Label = table.Column<string>(type: "text", maxLength: 60, nullable: true),
                    Team = table.Column<int>(type: "integer", nullable: true),
                    Chat = table.Column<string>(type: "text", maxLength: 20, nullable: false),
                    State = table.Column<string>(type: "text", maxLength: 20, nullable: false),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    TechnicianAcceptedAt = table.Column<long>(type: "bigint", nullable: true),
                    CodeHash = table.Column<byte[]>(type: "bytea", nullable: false),
                    CodeExpiresAt = table.Column<long>(type: "bigint", nullable: false),
                    RecorderJoinedAt = table.Column<long>(type: "bigint", nullable: true),
                    RecorderTokenHash = table.Column<byte[]>(type: "bytea", nullable: true),
                    RecorderKey = table.Column<string>(type: "text", maxLength: 400, nullable: true),
                    ConsentDigest = table.Column<byte[]>(type: "bytea", nullable: true),
                    ConsentAt = table.Column<long>(type: "bigint", nullable: true),
                    Region = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    KeepUntil = table.Column<long>(type: "bigint", nullable: true),
                    PausedBecause = table.Column<string>(type: "text", maxLength: 32, nullable: true),
                    PausedByTechnician = table.Column<bool>(type: "boolean", nullable: false),
                    End = table.Column<string>(type: "text", maxLength: 32, nullable: true),
                    StartedAt = table.Column<long>(type: "bigint", nullable: true),
                    EndedAt = table.Column<long>(type: "bigint", nullable: true),
                    RecorderSeenAt = table.Column<long>(type: "bigint", nullable: true),
                    Detail = table.Column<string>(type: "text", maxLength: 400, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Sessions", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Participants",
                columns: table => new
                {
                    Session = table.Column<Guid>(type: "uuid", nullable: false),
                    Name = table.Column<string>(type: "text", maxLength: 2, nullable: false),
                    State = table.Column<string>(type: "text", maxLength: 20, nullable: false),
                    CodeHash = table.Column<byte[]>(type: "bytea", nullable: false),
                    CodeExpiresAt = table.Column<long>(type: "bigint", nullable: false),
                    JoinedAt = table.Column<long>(type: "bigint", nullable: true),
                    TokenHash = table.Column<byte[]>(type: "bytea", nullable: true),
                    NoticeId = table.Column<string>(type: "text", maxLength: 64, nullable: true),
                    NoticeVersion = table.Column<int>(type: "integer", nullable: true),
                    NoticeLanguage = table.Column<string>(type: "text", maxLength: 35, nullable: true),
                    DecideUntil = table.Column<long>(type: "bigint", nullable: true),
                    NeedsGuardian = table.Column<bool>(type: "boolean", nullable: false),
                    ConsentAt = table.Column<long>(type: "bigint", nullable: true),
                    ConsentDigest = table.Column<byte[]>(type: "bytea", nullable: true),
                    WithdrawnAt = table.Column<long>(type: "bigint", nullable: true),
                    WithdrawalDigest = table.Column<byte[]>(type: "bytea", nullable: true),
                    NoticeSha256 = table.Column<string>(type: "text", maxLength: 64, nullable: true),
                    Paused = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Participants", x => new { x.Session, x.Name });
                    table.ForeignKey(
                        name: "FK_Participants_Sessions_Session",
                        column: x => x.Session,
                        principalTable: "Sessions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Tracks",
                columns: table => new
                {
                    Session = table.Column<Guid>(type: "uuid", nullable: false),
                    Name = table.Column<string>(type: "text", maxLength: 32, nullable: false),
                    MediaType = table.Column<string>(type: "text", maxLength: 80, nullable: false),
                    Segments = table.Column<long>(type: "bigint", nullable: false),
                    Size = table.Column<long>(type: "bigint", nullable: false),
                    Duration = table.Column<double>(type: "double precision", nullable: false),
                    Gaps = table.Column<string>(type: "text", nullable: false),
                    Checkpoint = table.Column<byte[]>(type: "bytea", nullable: true),
                    Chain = table.Column<string>(type: "text", maxLength: 64, nullable: true),
                    Finished = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Tracks", x => new { x.Session, x.Name });
                    table.ForeignKey(
                        name: "FK_Tracks_Sessions_Session",
                        column: x => x.Session,
                        principalTable: "Sessions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Approvals_Session_Requester_RequestedAt",
                table: "Approvals",
                columns: new[] { "Session", "Requester", "RequestedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Approvals_State_RequestedAt",
                table: "Approvals",
                columns: new[] { "State", "RequestedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Audit_Actor_Id",
                table: "Audit",
                columns: new[] { "Actor", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Audit_Session_Id",
                table: "Audit",
                columns: new[] { "Session", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Entitlements_Account",
                table: "Entitlements",
                column: "Account");

            migrationBuilder.CreateIndex(
                name: "IX_Entitlements_ScopeSession",
                table: "Entitlements",
                column: "ScopeSession");

            migrationBuilder.CreateIndex(
                name: "IX_Entitlements_Team",
                table: "Entitlements",
                column: "Team");

            migrationBuilder.CreateIndex(
                name: "IX_Exports_Session_Requester",
                table: "Exports",
                columns: new[] { "Session", "Requester" });

            migrationBuilder.CreateIndex(
                name: "IX_Exports_State_RequestedAt",
                table: "Exports",
                columns: new[] { "State", "RequestedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Exports_Stored",
                table: "Exports",
                column: "Stored");

            migrationBuilder.CreateIndex(
                name: "IX_Labels_NormalizedName",
                table: "Labels",
                column: "NormalizedName",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Participants_CodeHash",
                table: "Participants",
                column: "CodeHash");

            migrationBuilder.CreateIndex(
                name: "IX_Participants_State_DecideUntil",
                table: "Participants",
                columns: new[] { "State", "DecideUntil" });

            migrationBuilder.CreateIndex(
                name: "IX_Participants_TokenHash",
                table: "Participants",
                column: "TokenHash");

            migrationBuilder.CreateIndex(
                name: "IX_ReplayGrants_Session_Viewer",
                table: "ReplayGrants",
                columns: new[] { "Session", "Viewer" });

            migrationBuilder.CreateIndex(
                name: "IX_RequestCases_Session_State",
                table: "RequestCases",
                columns: new[] { "Session", "State" });

            migrationBuilder.CreateIndex(
                name: "IX_RequestCases_State_At",
                table: "RequestCases",
                columns: new[] { "State", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ByLabel",
                table: "Sessions",
                columns: new[] { "Label", "CreatedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ByLabelState",
                table: "Sessions",
                columns: new[] { "Label", "State", "CreatedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ByTeam",
                table: "Sessions",
                columns: new[] { "Team", "CreatedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ByTeamLabelState",
                table: "Sessions",
                columns: new[] { "Team", "Label", "State", "CreatedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ByTeamState",
                table: "Sessions",
                columns: new[] { "Team", "State", "CreatedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ByTechnician",
                table: "Sessions",
                columns: new[] { "Technician", "CreatedAt", "Id", "State", "Team", "Label", "TicketKey" });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ByTicket",
                table: "Sessions",
                columns: new[] { "TicketKey", "CreatedAt", "Id", "State", "Team", "Label", "Technician" });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_CodeHash",
                table: "Sessions",
                column: "CodeHash");

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_RecorderTokenHash",
                table: "Sessions",
                column: "RecorderTokenHash");

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_State",
                table: "Sessions",
                column: "State");

            // Not even a mistake of the server's own changes, deletes, replaces or forks what was recorded.
            migrationBuilder.Sql("""
                CREATE FUNCTION "Audit_Refuse"() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'A row of the audit trail is never changed or deleted.'; END $$;

                CREATE FUNCTION "Audit_OnlyAppend"() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  IF NEW."Hash" IS NULL OR NEW."Id" IS DISTINCT FROM (SELECT coalesce(max("Id"), 0) + 1 FROM "Audit")
                    OR NEW."Previous" IS DISTINCT FROM coalesce((SELECT "Hash" FROM "Audit" ORDER BY "Id" DESC LIMIT 1), decode(repeat('00', 32), 'hex'))
                  THEN RAISE EXCEPTION 'A row of the audit trail is only appended to its last one.'; END IF;
                  RETURN NEW;
                END $$;

                CREATE TRIGGER "Audit_NoUpdate" BEFORE UPDATE ON "Audit" FOR EACH ROW WHEN (OLD."Hash" IS NOT NULL) EXECUTE FUNCTION "Audit_Refuse"();
                CREATE TRIGGER "Audit_NoDelete" BEFORE DELETE ON "Audit" FOR EACH ROW EXECUTE FUNCTION "Audit_Refuse"();
                CREATE TRIGGER "Audit_NoTruncate" BEFORE TRUNCATE ON "Audit" FOR EACH STATEMENT EXECUTE FUNCTION "Audit_Refuse"();
                CREATE TRIGGER "Audit_OnlyAppend" BEFORE INSERT ON "Audit" FOR EACH ROW EXECUTE FUNCTION "Audit_OnlyAppend"();
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Approvals");

            migrationBuilder.DropTable(
                name: "Audit");

            migrationBuilder.DropTable(
                name: "AuditCursors");

            migrationBuilder.DropTable(
                name: "Commits");

            migrationBuilder.DropTable(
                name: "Entitlements");

            migrationBuilder.DropTable(
                name: "Exports");

            migrationBuilder.DropTable(
                name: "Labels");

            migrationBuilder.DropTable(
                name: "NoticeDrafts");

            migrationBuilder.DropTable(
                name: "Notices");

            migrationBuilder.DropTable(
                name: "Participants");

            migrationBuilder.DropTable(
                name: "ReplayGrants");

            migrationBuilder.DropTable(
                name: "RequestCases");

            migrationBuilder.DropTable(
                name: "Tracks");

            migrationBuilder.DropTable(
                name: "Sessions");

            migrationBuilder.Sql("""DROP FUNCTION "Audit_Refuse"(), "Audit_OnlyAppend"();""");
        }
    }
}
