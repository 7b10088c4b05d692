using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureRecorder.Storage.Catalogue.Migrations
{
    /// <inheritdoc />
    public partial class AuditChain : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<byte[]>(
                name: "Hash",
                table: "Audit",
                type: "BLOB",
                maxLength: 32,
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Previous",
                table: "Audit",
                type: "BLOB",
                maxLength: 32,
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Salt",
                table: "Audit",
                type: "BLOB",
                maxLength: 16,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "AuditCursors",
                columns: table => new
                {
                    Name = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    Number = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AuditCursors", x => x.Name);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Audit_Actor_Id",
                table: "Audit",
                columns: new[] { "Actor", "Id" });

            // Not even a mistake of the server's own changes, deletes, replaces or forks what was recorded. Whoever rebuilds this table makes them again.
            migrationBuilder.Sql("""
                CREATE TRIGGER "Audit_NoUpdate" BEFORE UPDATE ON "Audit" WHEN OLD."Hash" IS NOT NULL
                BEGIN SELECT RAISE(ABORT, 'A row of the audit trail is never changed.'); END;
                """);
            migrationBuilder.Sql("""
                CREATE TRIGGER "Audit_NoDelete" BEFORE DELETE ON "Audit"
                BEGIN SELECT RAISE(ABORT, 'A row of the audit trail is never deleted.'); END;
                """);
            migrationBuilder.Sql("""
                CREATE TRIGGER "Audit_OnlyAppend" BEFORE INSERT ON "Audit"
                WHEN NEW."Id" IS NOT (SELECT coalesce(max("Id"), 0) + 1 FROM "Audit") OR NEW."Hash" IS NULL
                  OR NEW."Previous" IS NOT coalesce((SELECT "Hash" FROM "Audit" ORDER BY "Id" DESC LIMIT 1), zeroblob(32))
                BEGIN SELECT RAISE(ABORT, 'A row of the audit trail is only appended to its last one.'); END;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""DROP TRIGGER "Audit_NoUpdate"; DROP TRIGGER "Audit_NoDelete"; DROP TRIGGER "Audit_OnlyAppend";""");
            migrationBuilder.DropTable(
                name: "AuditCursors");

            migrationBuilder.DropIndex(
                name: "IX_Audit_Actor_Id",
                table: "Audit");

            migrationBuilder.DropColumn(
                name: "Hash",
                table: "Audit");

            migrationBuilder.DropColumn(
                name: "Previous",
                table: "Audit");

            migrationBuilder.DropColumn(
                name: "Salt",
                table: "Audit");
        }
    }
}
