using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureRecorder.Storage.Catalogue.Migrations
{
    /// <inheritdoc />
    public partial class Participants : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "TechnicianAcceptedAt",
                table: "Sessions",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "PausedByTechnician",
                table: "Sessions",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "Participant",
                table: "RequestCases",
                type: "TEXT",
                maxLength: 2,
                nullable: false,
                defaultValue: "p1"); // until now every request was the first person's

            migrationBuilder.AddColumn<bool>(
                name: "AsksGuardian",
                table: "Notices",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "AsksGuardian",
                table: "NoticeDrafts",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "Participants",
                columns: table => new
                {
                    Session = table.Column<Guid>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 2, nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    CodeHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CodeExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                    JoinedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    TokenHash = table.Column<byte[]>(type: "BLOB", nullable: true),
                    NoticeId = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    NoticeVersion = table.Column<int>(type: "INTEGER", nullable: true),
                    NoticeLanguage = table.Column<string>(type: "TEXT", maxLength: 35, nullable: true),
                    DecideUntil = table.Column<long>(type: "INTEGER", nullable: true),
                    NeedsGuardian = table.Column<bool>(type: "INTEGER", nullable: false),
                    ConsentAt = table.Column<long>(type: "INTEGER", nullable: true),
                    ConsentDigest = table.Column<byte[]>(type: "BLOB", nullable: true),
                    NoticeSha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    Paused = table.Column<bool>(type: "INTEGER", nullable: false)
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

            // Whom sessions had until now becomes their participant p1; the session's code stays that of its recorder.
            migrationBuilder.Sql("""
                INSERT INTO "Participants" ("Session", "Name", "State", "CodeHash", "CodeExpiresAt", "JoinedAt", "TokenHash", "NoticeId", "NoticeVersion", "NoticeLanguage",
                    "DecideUntil", "NeedsGuardian", "ConsentAt", "ConsentDigest", "NoticeSha256", "Paused")
                SELECT "Id", 'p1',
                    CASE WHEN "ConsentAt" IS NOT NULL THEN 'Allowed' WHEN "PersonJoinedAt" IS NULL THEN 'Invited' WHEN "State" = 'Declined' THEN 'Declined' WHEN "State" = 'Expired' THEN 'Silent' ELSE 'Deciding' END,
                    CASE WHEN "PersonJoinedAt" IS NULL THEN "CodeHash" ELSE x'' END, "CodeExpiresAt", "PersonJoinedAt", "ParticipantTokenHash", "NoticeId", "NoticeVersion", "NoticeLanguage",
                    "DecideUntil", 0, "ConsentAt", "ConsentDigest", "NoticeSha256", CASE WHEN "State" = 'Paused' AND "PausedBecause" = 'paused-by-person' THEN 1 ELSE 0 END
                FROM "Sessions"
                """);
            migrationBuilder.Sql("UPDATE \"Sessions\" SET \"CodeHash\" = x'' WHERE \"RecorderJoinedAt\" IS NOT NULL");
            migrationBuilder.Sql("UPDATE \"Sessions\" SET \"PausedByTechnician\" = 1 WHERE \"State\" = 'Paused' AND \"PausedBecause\" = 'paused-by-technician'");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_ParticipantTokenHash",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "DecideUntil",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "NoticeId",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "NoticeLanguage",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "NoticeSha256",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "NoticeVersion",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "ParticipantTokenHash",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "PersonJoinedAt",
                table: "Sessions");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Participants");

            migrationBuilder.DropColumn(
                name: "PausedByTechnician",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "Participant",
                table: "RequestCases");

            migrationBuilder.DropColumn(
                name: "AsksGuardian",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "AsksGuardian",
                table: "NoticeDrafts");

            migrationBuilder.DropColumn(
                name: "TechnicianAcceptedAt",
                table: "Sessions");

            migrationBuilder.AddColumn<long>(
                name: "PersonJoinedAt",
                table: "Sessions",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "DecideUntil",
                table: "Sessions",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "NoticeId",
                table: "Sessions",
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "NoticeLanguage",
                table: "Sessions",
                type: "TEXT",
                maxLength: 35,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "NoticeSha256",
                table: "Sessions",
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "NoticeVersion",
                table: "Sessions",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "ParticipantTokenHash",
                table: "Sessions",
                type: "BLOB",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ParticipantTokenHash",
                table: "Sessions",
                column: "ParticipantTokenHash");
        }
    }
}
