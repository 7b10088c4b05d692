using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureRecorder.Storage.Catalogue.Migrations
{
    /// <inheritdoc />
    public partial class Notices : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
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

            migrationBuilder.AddColumn<int>(
                name: "NoticeVersion",
                table: "Sessions",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "NoticeDrafts",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Language = table.Column<string>(type: "TEXT", maxLength: 35, nullable: false),
                    Enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    AsksSpecialCategories = table.Column<bool>(type: "INTEGER", nullable: false),
                    SavedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    SavedBy = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    ComplaintAuthority = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: false),
                    Contact = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: false),
                    Controller = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: false),
                    Declining = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: false),
                    LegalBasis = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: false),
                    Purpose = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: false),
                    Rights = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: false),
                    Risks = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: false),
                    SpecialCategories = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: false),
                    What = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: false),
                    WhatChat = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: false),
                    WhoMayWatch = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_NoticeDrafts", x => new { x.Id, x.Language });
                });

            migrationBuilder.CreateTable(
                name: "Notices",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    Language = table.Column<string>(type: "TEXT", maxLength: 35, nullable: false),
                    AsksSpecialCategories = table.Column<bool>(type: "INTEGER", nullable: false),
                    PublishedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    PublishedBy = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    ComplaintAuthority = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    Contact = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    Controller = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    Declining = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    LegalBasis = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    Purpose = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    Rights = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    Risks = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    SpecialCategories = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    What = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    WhatChat = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    WhoMayWatch = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Notices", x => new { x.Id, x.Version, x.Language });
                });

            // who was reading when the server was upgraded keeps their ten minutes
            migrationBuilder.Sql("UPDATE \"Sessions\" SET \"DecideUntil\" = \"PersonJoinedAt\" + 600000 WHERE \"State\" = 'AwaitingConsent'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "NoticeDrafts");

            migrationBuilder.DropTable(
                name: "Notices");

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
                name: "NoticeVersion",
                table: "Sessions");
        }
    }
}
